"""Words that passwords are made of when nobody thinks: they add nothing to one. Written with four letters or more."""

from __future__ import annotations

_ENGLISH = """
password passwd passcode passphrase letmein welcome monkey dragon master iloveyou sunshine princess football baseball
superman batman shadow michael jordan charlie ashley login admin administrator superadmin root guest user test testing
default secret changeme temporary temp summer winter spring autumn hello freedom whatever trustno computer internet
samsung google facebook instagram whatsapp youtube android iphone windows microsoft server system public private access
qwerty qwertyuiop asdf asdfgh asdfghjkl zxcv zxcvbn zxcvbnm qazwsx qweasd abcd abcdef abcdefgh
january february march april june july august september october november december monday tuesday wednesday thursday
friday saturday sunday
"""
_INDONESIAN = """
katasandi kata sandi rahasia sayang cinta cintaku sayangku kamu bunda ayah mama papa anak keluarga bahagia sukses
semangat selalu selamanya indonesia nusantara merdeka garuda pancasila bismillah alhamdulillah insyaallah
assalamualaikum subhanallah allahuakbar allah muhammad yesus tuhan berkah januari februari maret mei juni juli agustus
september oktober november desember senin selasa rabu kamis jumat sabtu minggu persib persija arema persebaya
budi agus siti dewi putri putra rina andi ahmad sri eko tri wati wahyu rudi joko bambang slamet nurul fitri yanti
jakarta bandung surabaya medan semarang makassar palembang yogyakarta bali denpasar batam manado padang pekanbaru
pontianak balikpapan samarinda banjarmasin ambon ternate sofifi tidore jayapura kupang mataram bengkulu jambi lampung
tanjungpinang sibolga malukuutara maluku kepulauan riau sumatera kalimantan sulawesi papua jawa aceh banten
"""
_HERE = """
masyarakat bicara masyarakatbicara lapor laporan pelapor pengaduan aduan warga forum layanan publik pelayanan
pemerintah pemda pemkot pemkab pemprov provinsi kabupaten kota kecamatan kelurahan desa gubernur bupati walikota camat
lurah dinas badan kantor sekretariat inspektorat ombudsman puskesmas rsud pdam perhubungan pendidikan kesehatan
kominfo diskominfo dishub disdik dinkes dikbud disdukcapil bappeda bpbd satpol pupr kepegawaian pegawai petugas
koordinator pimpinan kepala operator instansi
"""

COMMON = frozenset(f"{_ENGLISH} {_INDONESIAN} {_HERE}".split())

"""Web addresses in citizens' words cannot be pressed before a coordinator has read them."""

from __future__ import annotations

from collections.abc import Callable

from feedback.kernel.actor import Actor
from feedback.tickets.rules.words import MoveName
from tests.factories import World, make_report, move, tracker
from tests.site import Reader
from tests.tickets.steps import make

ADDRESS = "https://penipu.example/hadiah"
WORDS = f"Lampu jalan mati, lihat fotonya di {ADDRESS} ya."


def test_they_are_plain_until_verified(world: World, readers: Callable[[], Reader]) -> None:
    receipt = make_report(world, actor=Actor(), text=WORDS)
    coordinator = readers().sign_in(world.coordinator)
    page = coordinator.open(f"/laporan/{receipt.number}")
    assert ADDRESS in page.text
    assert ADDRESS not in page.links
    make(world, receipt, MoveName.VERIFY_AND_ASSIGN, world.coordinator)
    assert ADDRESS in readers().open(f"/laporan/{receipt.number}").links


def test_what_is_added_later_is_read_by_nobody_first_and_stays_plain(world: World, reader: Reader) -> None:
    receipt = make_report(world, actor=Actor())
    make(world, receipt, MoveName.VERIFY_AND_ASSIGN, world.coordinator)
    move(receipt.number, MoveName.ADD_INFORMATION, tracker(receipt), text=WORDS)
    page = reader.sign_in(world.officer).open(f"/laporan/{receipt.number}")
    assert ADDRESS in page.text
    assert ADDRESS not in page.links


def test_links_of_officials_can_be_pressed(world: World, reader: Reader) -> None:
    receipt = make_report(world)
    make(world, receipt, MoveName.VERIFY_AND_ASSIGN, world.coordinator)
    make(world, receipt, MoveName.ANSWER, world.officer, text=f"Sudah diganti, lihat {ADDRESS} ya.")
    assert ADDRESS in reader.open(f"/laporan/{receipt.number}").links

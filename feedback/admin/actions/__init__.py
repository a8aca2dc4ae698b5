"""What keeps an installation running: the worker's loop, its sign of life, preparing and checking."""

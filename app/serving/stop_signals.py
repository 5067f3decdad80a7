"""How a process is told to stop."""

import asyncio
import signal
from collections.abc import Callable


class StopSignals:
    """SIGTERM, or SIGHUP, asks to stop in good order; SIGINT (Ctrl-C), or a second SIGTERM, asks to do so at once.

    A second SIGHUP does not hurry: of a terminal that is closed, both the shell and the kernel may tell.
    """

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.hurried = asyncio.Event()

    @classmethod
    def heard(cls) -> "StopSignals":
        """Those that this process gets from now on."""
        signals = cls()
        on_stop_signals(signals.ask)
        return signals

    def ask(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Ask to stop."""
        if number is signal.SIGINT or (self.asked.is_set() and number is not signal.SIGHUP):
            self.hurried.set()
        self.asked.set()

    async def pause(self, seconds: float) -> None:
        """Wait, unless it becomes urgent."""
        try:
            async with asyncio.timeout(seconds):
                await self.hurried.wait()
        except TimeoutError:
            pass


def on_stop_signals(tell: Callable[[signal.Signals], object]) -> None:
    """From now on call `tell`, and nothing else, with each signal that asks this process to stop.

    Under `nohup` SIGHUP stays ignored.
    """
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, tell, number)

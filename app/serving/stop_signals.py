"""How a process is told to stop."""

import asyncio
import signal


class StopSignals:
    """SIGTERM asks to stop in good order; SIGINT (Ctrl-C), or a second signal, asks to do so at once."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.hurried = asyncio.Event()

    @classmethod
    def heard(cls) -> "StopSignals":
        """Those that this process gets from now on."""
        signals = cls()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, signals.ask, number)
        return signals

    def ask(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Ask to stop."""
        if self.asked.is_set() or number is signal.SIGINT:
            self.hurried.set()
        self.asked.set()

    async def pause(self, seconds: float) -> None:
        """Wait, unless it becomes urgent."""
        try:
            async with asyncio.timeout(seconds):
                await self.hurried.wait()
        except TimeoutError:
            pass

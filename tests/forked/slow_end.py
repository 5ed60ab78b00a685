"""A program of which a thread and a function for the end speak when the rest is done, and that fails."""

import atexit
import sys
import threading


def speak() -> None:
    """Once the main thread has ended."""
    threading.main_thread().join()
    sys.stdout.write("the thread\n")


if __name__ == "__main__":
    threading.Thread(target=speak).start()
    atexit.register(sys.stdout.write, "the end\n")
    sys.exit(3)

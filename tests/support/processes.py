"""What runs beside a test."""

import signal
import subprocess


def started(arguments, **options):
    """Its output is piped, and it heeds Ctrl-C: what a shell starts in the background ignores that, and hands it on."""
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL), **options)

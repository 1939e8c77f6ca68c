#!/bin/sh
# Print the newest Python that heplens runs on and that can make a virtual environment, or say what to install.
# PYTHON=… chooses one.

usable() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(not ((3, 11) <= sys.version_info[:2] <= (3, 14)))' >/dev/null 2>&1
}

if [ -n "${PYTHON:-}" ]; then
    if usable "$PYTHON"; then
        command -v "$PYTHON"
        exit 0
    fi
    echo "PYTHON=$PYTHON is not a Python 3.11 to 3.14 with the venv module." >&2
    exit 1
fi

found=
for python in python3.14 python3.13 python3.12 python3.11 python3 python; do
    if command -v "$python" >/dev/null 2>&1; then
        if usable "$python"; then
            command -v "$python"
            exit 0
        fi
        # Found, but without venv? Only a Python that is new enough is worth completing.
        if [ -z "$found" ] && "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            found=$python
        fi
    fi
done

if [ -n "$found" ]; then
    version=$("$found" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "$found cannot make virtual environments." >&2
    package="python$version-venv"
else
    echo "heplens needs Python 3.11 or newer, and none was found." >&2
    if command -v python3 >/dev/null 2>&1; then package="python3.11 python3.11-venv"; else package="python3 python3-venv"; fi
fi
if command -v apt-get >/dev/null 2>&1; then
    echo "Install what is missing:   sudo apt-get install $package" >&2
elif command -v dnf >/dev/null 2>&1; then
    echo "Install what is missing:   sudo dnf install python3.12" >&2
elif command -v brew >/dev/null 2>&1; then
    echo "Install what is missing:   brew install python@3.13" >&2
else
    echo "Install Python 3.11 or newer, or name one:   make lab PYTHON=/path/to/python3" >&2
fi
exit 1

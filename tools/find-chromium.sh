#!/bin/sh
# Print the path of a Chromium or Chrome for the browser tests. `--install` first tries to install Debian's package.
# CHROMIUM=… chooses one.

find_it() {
    if [ -n "${CHROMIUM:-}" ]; then
        command -v "$CHROMIUM"
        return
    fi
    for name in chromium chromium-browser google-chrome google-chrome-stable chrome \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
        "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
        if command -v "$name" 2>/dev/null; then
            return
        fi
    done
    return 1
}

fonts() {
    [ -n "$(find /usr/share/fonts "$HOME/.fonts" "$HOME/.local/share/fonts" -name '*.ttf' -print 2>/dev/null | head -n 1)" ]
}

if [ "${1:-}" = --install ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    if ! find_it >/dev/null || ! fonts; then
        export DEBIAN_FRONTEND=noninteractive
        { apt-get update && apt-get install -y --no-install-recommends chromium fonts-dejavu-core; } </dev/null >&2 ||
            echo "Debian's chromium could not be installed." >&2
    fi
fi

find_it && exit 0
{
    echo "The browser tests need Chromium or Chrome, and none was found."
    echo "Install it (Debian: sudo apt-get install chromium fonts-dejavu-core) or name it: make test CHROMIUM=/path/to/chromium"
} >&2
exit 1

#!/bin/sh
# Open JupyterLab on a notebook of this checkout: lab.sh NOTEBOOK PORT. The next free port is taken when PORT is busy.

notebook=$1
port=$2

set -- --ServerApp.ip=127.0.0.1 --ServerApp.port="$port" --ServerApp.root_dir="$PWD" \
    --LabApp.default_url="/lab/tree/$notebook"
if [ "$(uname)" != Darwin ] && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    set -- "$@" --no-browser
fi
if [ "$(id -u)" = 0 ]; then
    set -- "$@" --allow-root
fi
exec jupyter lab "$@"

#!/bin/sh
# All tests, in two processes. What failed there is tried again, alone on the machine, and the second report names what
# passed only then: a test that needs the machine for itself is a bug to be looked into, not a reason to refuse a change.
# Arguments go to pytest.

CHROMIUM=$(sh tools/find-chromium.sh)
export CHROMIUM

python -m pytest -n 2 --no-loadscope-reorder "$@"
status=$?
[ "$status" = 1 ] || exit "$status"

echo "== again alone: the tests that failed beside others"
exec python -m pytest --last-failed --last-failed-no-failures none --maxfail 1 -rfEsp "$@"

#!/usr/bin/env bash
# Finds the programs that tests drive, or installs them; says in one line what it did.
set -euo pipefail

have() { command -v "$1" >/dev/null 2>&1; }

# install PROGRAM PACKAGE: from the system's packages, where we may.
install() {
  if have apt-get && [ "$(id -u)" = 0 ]; then
    echo "Installing $2 ..."
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2"; } >/dev/null 2>&1 \
      || { echo "$2 could not be installed by apt-get. Install it by hand, then run this again." >&2; exit 1; }
  else
    echo "The tests need $1, which is not here. Install the package $2 (Debian's name), then run this again." >&2
    exit 1
  fi
}

if ! { have chromium || have chromium-browser || have google-chrome || [ -n "${CHROMIUM:-}" ]; }; then
  install chromium chromium
fi
# The code that is exported for R is run.
if ! { have Rscript && Rscript -e 'quit(status = !requireNamespace("httr2", quietly = TRUE))' >/dev/null 2>&1; }; then
  install "R with httr2" r-cran-httr2
fi
# Debian keeps servers where only root's PATH leads.
if ! PATH="$PATH:/usr/sbin:/usr/local/sbin" have nginx; then
  install nginx nginx-light
fi

#!/bin/sh
# launch.sh PID_FILE LOG_FILE PROGRAM [ARG…]
# Starts a program in the background. The program's own process writes down its pid and start time before it
# becomes the program, so that there is never one that nobody can find again.
umask 077
if [ "${1-}" != child ]; then
  sh "$0" child "$@" </dev/null >/dev/null 2>&1 &
  exit 0
fi
pid_file=$2
log_file=$3
shift 3

started() {
  if read -r stat 2>/dev/null </proc/$$/stat; then
    # Field 22; the second one is a name in brackets, which may hold anything.
    set -- ${stat##*) }
    shift 19
    echo "$1"
  else
    ps -o lstart= -p $$
  fi
}

echo "$$ $(started)" >"$pid_file.part" && mv "$pid_file.part" "$pid_file" || exit 1
exec "$@" >>"$log_file" 2>&1

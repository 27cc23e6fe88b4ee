#!/bin/sh
# A helm for plain `helmfile apply` where the plugin helm-diff is not to be had: there always is a difference.
for word do
  [ "$word" = diff ] && exit 2
done
exec helm3.19 "$@"

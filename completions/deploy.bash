# bash completion for deploy: eval "$(deploy completion bash)", or this file in /etc/bash_completion.d
_deploy() {
  # What was typed, so that a deploy that is not on the PATH completes as well.
  local program="${COMP_WORDS[0]/#\~/$HOME}"
  mapfile -t COMPREPLY < <(
    "$program" complete --line "${COMP_LINE:0:COMP_POINT}" --breaks "$COMP_WORDBREAKS" 2>/dev/null
  )
  case ${COMPREPLY[0]-} in
    :files)
      COMPREPLY=()
      compopt -o default
      ;;
    :directories)
      COMPREPLY=()
      compopt -o dirnames
      ;;
    *=)
      compopt -o nospace
      ;;
  esac
}
complete -F _deploy deploy

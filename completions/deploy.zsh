#compdef deploy
# zsh completion for deploy: eval "$(deploy completion zsh)", or this file as _deploy on the fpath
_deploy() {
  local tab=$'\t' line
  local -a lines offers
  lines=("${(@f)$("${words[1]/#\~/$HOME}" complete --about -- "${(@)words[1,CURRENT]}" 2>/dev/null)}")
  case ${lines[1]-} in
    '') return 1 ;;
    :files) _files; return ;;
    :directories) _files -/; return ;;
  esac
  for line in "${lines[@]}"; do
    if [[ $line == *$tab* ]]; then
      offers+=("${${line%%$tab*}//:/\\:}:${line#*$tab}")
    else
      offers+=("${line//:/\\:}")
    fi
  done
  _describe -V deploy offers
}
if [[ ${zsh_eval_context[-1]} == loadautofunc ]]; then _deploy "$@"; else compdef _deploy deploy; fi

# fish completion for deploy: deploy completion fish | source, or this file in ~/.config/fish/completions
function __deploy_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in ($words[1] complete --about -- $words 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path (commandline -ct)
            case :directories
                __fish_complete_directories (commandline -ct)
            case '*'
                echo $line
        end
    end
end
complete -c deploy -f -k -a '(__deploy_complete)'

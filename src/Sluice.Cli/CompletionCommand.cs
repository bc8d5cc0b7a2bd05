using System.CommandLine;
using Sluice.Cli.Terminals;

namespace Sluice.Cli;

/// <summary>Prints what a shell has to be told so that it completes commands. The program itself answers what fits.</summary>
internal static class CompletionCommand
{
    public static Command Define(Terminal terminal) =>
        new("completion", "Shell completion, like: source <(sluice completion bash)")
        {
            Shell(terminal, "bash", Bash),
            Shell(terminal, "zsh", Zsh),
            Shell(terminal, "fish", Fish),
        };

    private static Command Shell(Terminal terminal, string name, string script) =>
        new Command(name, $"Print the script for {name}").Does(
            terminal,
            (_, _) =>
            {
                terminal.Out.WriteLine(script);
                return Task.FromResult(Exit.Done);
            }
        );

    private const string Bash = """
        # Add to ~/.bashrc:  source <(sluice completion bash)
        _sluice() {
            local line=${COMP_LINE:0:COMP_POINT}
            mapfile -t COMPREPLY < <(compgen -W "$(sluice "[suggest:${#line}]" "$line" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}")
        }
        complete -o default -F _sluice sluice
        """;

    private const string Zsh = """
        # Add to ~/.zshrc, after compinit:  source <(sluice completion zsh)
        _sluice() {
            local -a fitting
            fitting=("${(@f)$(sluice "[suggest:$#LBUFFER]" "$LBUFFER" 2>/dev/null)}")
            (( $#fitting )) && compadd -- $fitting || _files
        }
        compdef _sluice sluice
        """;

    private const string Fish = """
        # Add to ~/.config/fish/config.fish:  sluice completion fish | source
        function __sluice_fitting
            set -l line (commandline -cp)
            sluice "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c sluice -a '(__sluice_fitting)'
        """;
}

using System.Text;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Tests;

/// <summary>Somebody at a terminal of their own: an empty home, a folder, variables, and the program.</summary>
internal sealed class Typist : IDisposable
{
    private readonly Dictionary<string, string> _variables = [];

    public Typist()
    {
        Home = Directory.CreateTempSubdirectory("sluice-typist-").FullName;
        Folder = Directory.CreateDirectory(Path.Combine(Home, "work")).FullName;
        _variables["HOME"] = Home;
    }

    public string Home { get; }
    public string Folder { get; set; }

    /// <summary>Pages that were opened in the browser.</summary>
    public List<Uri> Browsed { get; } = [];

    /// <summary>What a person answers to the next questions; none: nobody is there to be asked.</summary>
    public Queue<string> Answers { get; } = new();

    public string? this[string variable]
    {
        set
        {
            if (value is null)
                _variables.Remove(variable);
            else
                _variables[variable] = value;
        }
    }

    /// <summary>Makes the organisation `demo` and logs in with its first key, as the first guide shows.</summary>
    /// <returns>The key.</returns>
    public async Task<string> LogIn()
    {
        await Type(["admin", "org", "create", "demo", "--save-to", "first.key"]);
        var file = Path.Combine(Folder, "first.key");
        var key = await File.ReadAllTextAsync(file);
        var login = await Type(["login"], key);
        if (login.Exit != Exit.Done)
            throw new InvalidOperationException(login.All);
        File.Delete(file);
        return key.Trim();
    }

    /// <summary>Puts the samples where they are in a checkout.</summary>
    public void CopySamples() =>
        CopyFolder(
            Path.Combine(AppContext.BaseDirectory, "samples"),
            Path.Combine(Folder, "samples")
        );

    public static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>Runs the program; output and errors come back in the order in which they were written.</summary>
    public Task<Typed> Type(string[] arguments, string input = "") =>
        Type(arguments, Encoding.UTF8.GetBytes(input));

    public async Task<Typed> Type(
        string[] arguments,
        byte[] input,
        TextWriter? listener = null,
        CancellationToken stop = default
    )
    {
        var all = new StringWriter();
        var outOnly = new StringWriter();
        var terminal = new Terminal
        {
            In = new MemoryStream(input),
            Out = new Tee(all, listener is null ? outOnly : new Tee(outOnly, listener)),
            Error = all,
            CanAsk = Answers.Count > 0,
            IsScreen = false,
            Variable = name => _variables.GetValueOrDefault(name),
            Folder = Folder,
            Ask = question =>
            {
                all.Write(question);
                return Answers.Dequeue();
            },
            AskHidden = question =>
            {
                all.WriteLine(question);
                return Answers.Dequeue().ToCharArray();
            },
            Clock = TimeProvider.System,
            Browse = Browsed.Add,
        };
        var exit = await Sluices.Run(arguments, terminal, stop);
        return new Typed((Exit)exit, all.ToString(), outOnly.ToString());
    }

    public void Dispose() => Directory.Delete(Home, recursive: true);

    private sealed class Tee(TextWriter one, TextWriter other) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value)
        {
            one.Write(value);
            other.Write(value);
        }
    }
}

/// <param name="All">Output and errors as a screen shows them.</param>
/// <param name="Out">Standard output alone, as a pipe gets it.</param>
internal sealed record Typed(Exit Exit, string All, string Out);

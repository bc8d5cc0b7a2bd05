using System.Text;
using System.Threading.Channels;

namespace Sluice.Cli.Tests;

/// <summary><c>sluice dev</c>: the loop of an author.</summary>
public sealed class DevTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Every_save_is_checked_and_tested_again()
    {
        using var typist = new Typist();
        await typist.Type(["init", "demo/greeter"]);
        typist.Folder = Path.Combine(typist.Folder, "greeter");
        await typist.Type(["create", "message", "Greeting", "--fields", "text:string"]);
        await typist.Type([
            "create",
            "node",
            "Greet",
            "--input",
            "Greeting",
            "--output",
            "Greeting",
        ]);
        var lines = new LineChannel();
        using var end = new CancellationTokenSource();

        var dev = typist.Type(["dev"], [], lines, end.Token);
        await lines.Wait("demo/greeter is sound and its tests pass.");
        await lines.Wait("Waiting for a save.");
        var handler = Path.Combine(typist.Folder, "nodes", "greet.py");
        var sound = await File.ReadAllTextAsync(handler, end.Token);
        await File.WriteAllTextAsync(handler, "def other():\n    pass\n", end.Token);
        await lines.Wait("nodes/greet.py changed.");
        await lines.Wait("Waiting for a save.");
        await File.WriteAllTextAsync(handler, sound, end.Token);
        await lines.Wait("demo/greeter is sound and its tests pass.");
        await end.CancelAsync();

        var typed = await dev;
        Assert.Equal(Exit.Interrupted, typed.Exit);
        Assert.Contains("The package has mistakes.", typed.All);
    }

    /// <summary>Lets a test wait for a line that a running command prints.</summary>
    private sealed class LineChannel : TextWriter
    {
        private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
        private readonly StringBuilder _line = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value)
        {
            if (value != '\n')
            {
                _line.Append(value);
                return;
            }
            _lines.Writer.TryWrite(_line.ToString());
            _line.Clear();
        }

        public async Task Wait(string text)
        {
            using var patience = new CancellationTokenSource(s_patience);
            while (
                !(await _lines.Reader.ReadAsync(patience.Token)).Contains(
                    text,
                    StringComparison.Ordinal
                )
            ) { }
        }
    }
}

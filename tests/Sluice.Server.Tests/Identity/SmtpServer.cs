using System.Diagnostics;
using System.Text;
using System.Threading.Channels;

namespace Sluice.Server.Tests.Identity;

/// <summary>A real SMTP server, Python's own, that keeps what it is handed.</summary>
internal sealed class SmtpServer : IAsyncDisposable
{
    private const string Script = """
        import asyncore, base64, email, smtpd
        class Taker(smtpd.SMTPServer):
            def process_message(self, peer, sender, receivers, data, **more):
                text = email.message_from_bytes(data).get_payload(decode=True)
                print(receivers[0], base64.b64encode(text).decode(), flush=True)
        taker = Taker(("127.0.0.1", 0), None)
        print(taker.socket.getsockname()[1], flush=True)
        asyncore.loop()
        """;

    private readonly Process _process;
    private readonly Channel<(string To, string Text)> _letters = Channel.CreateUnbounded<(
        string,
        string
    )>();

    private SmtpServer(Process process, int port)
    {
        (_process, Port) = (process, port);
        _ = Task.Run(Read);
    }

    public int Port { get; }

    /// <summary>Settings of a house that hands its mail in here.</summary>
    public string[] Settings =>
        [
            "--Mail:Host",
            "127.0.0.1",
            "--Mail:Port",
            $"{Port}",
            "--Mail:From",
            "Sluice <sluice@example.com>",
            "--Mail:Tls",
            "false",
        ];

    public static async Task<SmtpServer> Start()
    {
        var process = Process.Start(
            new ProcessStartInfo("/usr/bin/python3", ["-W", "ignore", "-c", Script])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
            }
        )!;
        return new SmtpServer(process, int.Parse((await process.StandardOutput.ReadLineAsync())!));
    }

    /// <summary>The next letter.</summary>
    public async Task<(string To, string Text)> Next() =>
        await _letters.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>How many came that nobody has asked for.</summary>
    public int Left => _letters.Reader.Count;

    /// <summary>What stands behind the <c>#</c> of the link in a letter.</summary>
    public static string Code(string text) => text.Split('#')[1][..43];

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task Read()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var parts = line.Split(' ');
            var text = Encoding.UTF8.GetString(Convert.FromBase64String(parts[1]));
            _letters.Writer.TryWrite((parts[0], text));
        }
    }
}

using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Sluice.Server.Tests.Outbound;

/// <summary>Takes one letter over SMTP with STARTTLS (RFC 3207), and asks for a client certificate.</summary>
internal sealed class TlsMail : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.IPv6Any, 0);
    private readonly X509Certificate2 _certificate;

    public TlsMail((string Certificate, string Key) files)
    {
        _certificate = X509Certificate2.CreateFromPemFile(files.Certificate, files.Key);
        _listener.Server.DualMode = true;
        _listener.Start();
        Letter = Task.Run(Take);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Its text, once it is there.</summary>
    public Task<string> Letter { get; }

    /// <summary>Who the certificate said it was that handed in the letter.</summary>
    public string? Shown { get; private set; }

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        _certificate.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<string> Take()
    {
        using var client = await _listener.AcceptTcpClientAsync();
        Stream stream = client.GetStream();
        await Say(stream, "220 mail");
        while (await Line(stream) is { } line)
        {
            if (line.StartsWith("EHLO", StringComparison.Ordinal))
                await Say(stream, stream is SslStream ? "250 mail" : "250-mail\r\n250 STARTTLS");
            else if (line == "STARTTLS")
            {
                await Say(stream, "220 go on");
                stream = await Encrypted(stream);
            }
            else if (line == "DATA")
            {
                await Say(stream, "354 go on");
                var letter = new StringBuilder();
                while (await Line(stream) is { } text and not ".")
                    letter.AppendLine(text);
                await Say(stream, "250 taken");
                return letter.ToString();
            }
            else
                await Say(stream, "250 good");
        }
        throw new IOException("no letter");
    }

    private async Task<SslStream> Encrypted(Stream plain)
    {
        var secure = new SslStream(plain);
        await secure.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificate = _certificate,
                ClientCertificateRequired = true,
                RemoteCertificateValidationCallback = (_, shown, _, _) =>
                {
                    Shown = shown?.Subject;
                    return true;
                },
            }
        );
        return secure;
    }

    private static Task Say(Stream stream, string text) =>
        stream.WriteAsync(Encoding.ASCII.GetBytes(text + "\r\n")).AsTask();

    private static async Task<string?> Line(Stream stream)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await stream.ReadAsync(one) > 0)
        {
            if (one[0] == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append((char)one[0]);
        }
        return null;
    }
}

using System.Net;
using System.Net.Mail;
using System.Threading.Channels;
using Microsoft.Extensions.Options;

namespace Sluice.Server.Outbound;

/// <summary>A letter in plain text.</summary>
internal sealed record Letter(string To, string Subject, string Text)
{
    // What is in it may open something.
    public override string ToString() => "Letter";
}

/// <summary>
/// Sends mail, behind the requests that ask for it: whoever asks learns nothing from how long it takes. A letter is tried three times, for half a minute each;
/// those that wait when the server stops are lost, and people ask again.
/// </summary>
internal sealed partial class Mailer(
    IOptions<MailOptions> options,
    OutboundSettings outbound,
    TimeProvider clock,
    ILogger<Mailer> log
) : BackgroundService
{
    private const int MostWaiting = 1000;

    // The client of mail has a time of its own for calls that block, and none for these.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan[] Waits = [TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(20)];

    private readonly Channel<Letter> _letters = Channel.CreateBounded<Letter>(
        new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    /// <summary>Whether the operator has said where mail goes.</summary>
    public bool IsOn => options.Value.Host is not null;

    public void Send(Letter letter) => _letters.Writer.TryWrite(letter);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var letter in _letters.Reader.ReadAllAsync(stoppingToken))
            await Deliver(letter, stoppingToken);
    }

    private async Task Deliver(Letter letter, CancellationToken stop)
    {
        for (var tried = 0; ; tried++)
        {
            try
            {
                await Once(letter, stop);
                LogSent(log, letter.Subject);
                return;
            }
            catch (Exception error)
                when (error is SmtpException or IOException or FormatException
                    || (error is OperationCanceledException && !stop.IsCancellationRequested)
                )
            {
                LogFailed(log, error, letter.Subject, tried + 1);
                if (tried == Waits.Length)
                    return;
                await Task.Delay(Waits[tried], clock, stop);
            }
        }
    }

    private async Task Once(Letter letter, CancellationToken stop)
    {
        var settings = options.Value;
        using var client = new SmtpClient(settings.Host!, settings.Port)
        {
            EnableSsl = settings.Tls,
        };
        Trust(client);
        if (settings.User is { } user)
            client.Credentials = new NetworkCredential(user, settings.Password);
        using var message = new MailMessage(
            new MailAddress(settings.From!),
            new MailAddress(letter.To)
        )
        {
            Subject = letter.Subject,
            Body = letter.Text,
        };
        message.Headers["Auto-Submitted"] = "auto-generated";
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
        await client.SendMailAsync(message, either.Token);
    }

    /// <summary>The operator's issuers and client certificate, as for every other call.</summary>
    private void Trust(SmtpClient client)
    {
        if (outbound.Trust.Own is { } own)
            client.ClientCertificates.Add(own);
        if (!outbound.Trust.HasBundle)
            return;
#pragma warning disable SYSLIB0014, MA0039 // The client of mail asks here, and nothing else in this house does.
        ServicePointManager.ServerCertificateValidationCallback = outbound.Trust.IsBelieved;
#pragma warning restore SYSLIB0014, MA0039
    }

    [LoggerMessage(1060, LogLevel.Information, "A letter was handed in: {Subject}")]
    private static partial void LogSent(ILogger log, string subject);

    [LoggerMessage(1061, LogLevel.Warning, "A letter could not be handed in, try {Try}: {Subject}")]
    private static partial void LogFailed(ILogger log, Exception error, string subject, int @try);
}

namespace Sluice.Server.Outbound;

/// <summary>Settings of the section <c>Mail</c>: the server that takes our mail (SMTP). Without <see cref="Host"/> none is sent.</summary>
internal sealed class MailOptions
{
    public string? Host { get; set; }

    /// <summary>Default 587, where mail is handed in.</summary>
    public int Port { get; set; } = 587;

    /// <summary>The sender's address, such as <c>Sluice &lt;sluice@example.com&gt;</c>; needed with a host.</summary>
    public string? From { get; set; }

    /// <summary>Who hands in; absent: nobody in particular.</summary>
    public string? User { get; set; }

    /// <summary>Better given as <c>SLUICE_MAIL_PASSWORD</c> than in a file.</summary>
    public string? Password { get; set; }

    /// <summary>Whether the connection must be encrypted (STARTTLS). Default true; false is for a server on this machine.</summary>
    public bool Tls { get; set; } = true;

    public bool IsGood() =>
        Host is null
        || (
            Port is >= 1 and <= 65535
            && From is not null
            && System.Net.Mail.MailAddress.TryCreate(From, out _)
        );
}

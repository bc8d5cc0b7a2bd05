using System.Threading.Channels;
using Sluice.Language;
using Sluice.Server.Outbound;
using Sluice.Server.Store;
using Sluice.Server.Tenants;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Identity.Passwords;

/// <summary>
/// Sends a link that sets a new password, if there is such a person. Whether there is, is found out behind the request: the answer is
/// the same, and takes the same time, for everybody.
/// </summary>
internal sealed partial class ForgotPassword(
    Database database,
    Mailer mailer,
    PublicAddress address,
    SharedLimits shared,
    TimeProvider clock,
    ILogger<ForgotPassword> log
) : BackgroundService
{
    private const int MostWaiting = 1000;
    private const double RequestsPerMinute = 5;
    private const double LettersPerHour = 3;

    internal sealed record Request
    {
        /// <summary>The organisation's handle.</summary>
        public string? OrgId { get; init; }

        /// <summary>The person's address; absent: the organisation's owner.</summary>
        public string? Email { get; init; }
    }

    internal sealed record Response(string Message);

    private static readonly Response Said = new(
        "If there is such a person in this organisation, a link that sets a new password is on its way to them."
    );

    private readonly TokenBuckets _addresses = shared.Of("forgot-password.address");
    private readonly TokenBuckets _letters = new(clock);
    private readonly Channel<Request> _asked = Channel.CreateBounded<Request>(
        new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    public static async Task<IResult> Handle(HttpContext context, ForgotPassword act)
    {
        var body = await Body.Read(context, PasswordJson.Default.ForgotPasswordRequest);
        if (body.Refused)
            return body.Refusal;
        return act.Ask(context, body.Value) is { } refusal
            ? refusal
            : TypedResults.Json(Said, PasswordJson.Default.ForgotPasswordResponse);
    }

    /// <summary>Takes the request on; the refusal, where none is taken on.</summary>
    public Refusal? Ask(HttpContext context, Request request)
    {
        if (
            request.OrgId is not { Length: >= 1 and <= 100 }
            || request.Email is { Length: > Email.Longest }
        )
            return CommonRefusals.InvalidInput.With([
                new Mistake(
                    "org_id",
                    "org_id is needed, the organisation's handle; and email, an address, where it is not the owner's",
                    Where: "org_id"
                ),
            ]);
        if (!mailer.IsOn)
            return IdentityRefusals.NoMail;
        var state = _addresses.Take(
            Addresses.Name(context.Connection.RemoteIpAddress),
            RequestsPerMinute / 60,
            RequestsPerMinute
        );
        if (!state.Taken)
            return IdentityRefusals.TooManyTries.With(
                LimitShown.Empty("address", RequestsPerMinute, 60, state)
            );
        _asked.Writer.TryWrite(request);
        return null;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var request in _asked.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await Write(request, stoppingToken);
            }
            catch (StoreUnavailableException error)
            {
                LogLost(log, error);
            }
        }
    }

    private async Task Write(Request request, CancellationToken stop)
    {
        if (await Find(request, stop) is not var (tenant, member) || tenant is null)
            return;
        if (!_letters.Take(member.Email, LettersPerHour / 3600, LettersPerHour).Taken)
            return;
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var code = await database.Write(
            session => ResetStore.Insert(session, member.Email, byOperator: false, now),
            stop
        );
        mailer.Send(
            new Letter(
                member.Email,
                "A new password",
                $"""
                Hello {member.Name},

                somebody asked for a new password for you at {address.Origin}, organisation {tenant.Handle}.
                Set it here within an hour; the link works once:

                {address.At("/reset-password")}#{code}

                If that was not you, do nothing: your password stays as it is.
                """
            )
        );
    }

    private async Task<(Tenant? Tenant, Member Member)?> Find(
        Request request,
        CancellationToken stop
    ) =>
        await database.Read<(Tenant?, Member)?>(
            async session =>
            {
                if (await TenantStore.FindByHandle(session, request.OrgId!) is not { } tenant)
                    return null;
                var member =
                    request.Email is null ? await OwnerStore.FirstOwner(session, tenant.Id)
                    : Email.Read(request.Email) is { } email
                        ? await OwnerStore.FindMemberByEmail(session, tenant.Id, email)
                    : null;
                return member is { CanSignIn: true } ? (tenant, member) : null;
            },
            stop
        );

    [LoggerMessage(
        1133,
        LogLevel.Warning,
        "A link for a new password was asked for and not sent: the store is unavailable"
    )]
    private static partial void LogLost(ILogger log, Exception error);
}

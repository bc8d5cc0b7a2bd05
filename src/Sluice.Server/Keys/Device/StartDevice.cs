using Microsoft.Extensions.Options;
using Sluice.Language;
using Sluice.Seal;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys.Device;

/// <summary>A program asks for a key (RFC 8628, section 3.1): it gets a code to show to a person, and one to poll with.</summary>
internal sealed partial class StartDevice(
    Database database,
    IOptions<DeviceOptions> options,
    PublicAddress address,
    UlidSource ids,
    SharedLimits shared,
    TimeProvider clock,
    ILogger<StartDevice> log
)
{
    public const int IntervalSeconds = 5;

    private const double StartsPerMinute = 20;
    private const int LongestAgent = 200;

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly TokenBuckets _addresses = shared.Of("device.start");

    internal sealed record Response
    {
        public required string DeviceCode { get; init; }

        public required string UserCode { get; init; }

        /// <summary>Where the person types the code. There is no address with the code in it: whoever approves has typed it.</summary>
        public required string VerificationUri { get; init; }

        /// <summary>Seconds.</summary>
        public required long ExpiresIn { get; init; }

        /// <summary>Seconds between two polls.</summary>
        public required long Interval { get; init; }

        // The code opens what a person approves: it must not reach a log by way of a record's printer.
        public override string ToString() => "Response";
    }

    public static async Task<IResult> Handle(HttpContext context, StartDevice act)
    {
        var form = await OAuthForm.Read(context);
        if (form.Refused)
            return form.Refusal;
        var started = await act.Start(context, form.Value);
        context.Response.Headers.CacheControl = "no-store";
        return started.Refused
            ? started.Refusal
            : TypedResults.Json(started.Value, DeviceJson.Default.StartDeviceResponse);
    }

    private async Task<Outcome<Response>> Start(HttpContext context, OAuthForm form)
    {
        if (form["client_id"] is not { } client)
            return DeviceRefusals.InvalidRequest;
        if (!options.Value.Knows(client))
            return DeviceRefusals.InvalidClient;
        var environment = form["environment"] ?? EnvironmentNames.Live;
        if (!EnvironmentNames.IsKnown(environment))
            return DeviceRefusals.InvalidRequest.With("environment is live or test.");
        var mistakes = new List<Mistake>();
        var scopes = ScopeNames.Read(
            form["scope"]?.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            mistakes
        );
        if (mistakes.Count > 0)
            return DeviceRefusals.InvalidScope;
        var from = context.Connection.RemoteIpAddress;
        var state = _addresses.Take(Addresses.Name(from), StartsPerMinute / 60, StartsPerMinute);
        if (!state.Taken)
            return KeyRefusals.RateLimited.With(
                LimitShown.Empty("address", StartsPerMinute, 60, state)
            );
        var (device, user) = (TokenText.Mint(), UserCode.Mint());
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var grant = new DeviceGrant
        {
            Id = ids.Next().ToString(),
            DeviceHash = TokenText.Hash(device),
            UserHash = UserCode.Hash(UserCode.Read(user)!),
            ClientId = client,
            Scopes = scopes is { } set ? (long)set : null,
            Environment = environment,
            Address = Addresses.Show(from),
            Agent = Clip(context.Request.Headers.UserAgent.ToString()),
            CreatedAt = now,
            ExpiresAt = now + (long)Lifetime.TotalMilliseconds,
            WaitMs = IntervalSeconds * 1000,
            State = DeviceStates.Waiting,
        };
        await database.Write(
            async session =>
            {
                await DeviceStore.ForgetBefore(session, now - (long)Lifetime.TotalMilliseconds);
                await DeviceStore.Insert(session, grant);
            },
            context.RequestAborted
        );
        LogStarted(log, grant.Id, client, grant.Address);
        return new Response
        {
            DeviceCode = device,
            UserCode = user,
            VerificationUri = address.At("/device"),
            ExpiresIn = (long)Lifetime.TotalSeconds,
            Interval = IntervalSeconds,
        };
    }

    private static string Clip(string agent) => PlainText.Of(agent, LongestAgent);

    [LoggerMessage(
        1150,
        LogLevel.Information,
        "Device {GrantId} waits for a person: {Client} from {Address}"
    )]
    private static partial void LogStarted(
        ILogger log,
        string grantId,
        string client,
        string address
    );
}

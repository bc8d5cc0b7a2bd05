using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using Sluice.Language;
using Sluice.Seal;
using Sluice.Server.Identity;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys;

/// <summary>
/// Makes a key and shows its text once. The new key is never wider than the caller, belongs to the caller's owner
/// and to the caller's environment.
/// </summary>
internal static partial class CreateKey
{
    internal sealed record Request
    {
        /// <summary>Where the key will live, such as <c>ci</c> or <c>laptop</c>; 1 to 100 characters.</summary>
        public string? Name { get; init; }

        /// <summary><c>live</c> or <c>test</c>; the caller's when absent.</summary>
        public string? Environment { get; init; }

        /// <summary>Names of scopes; absent: all that the owner may do.</summary>
        public IReadOnlyList<string>? Scopes { get; init; }

        /// <summary><c>standard</c> (default), <c>hex</c> (always live) or <c>client</c>.</summary>
        public string? Shape { get; init; }
    }

    internal sealed record Response
    {
        public required string Id { get; init; }

        /// <summary>The text: in this reply and never again.</summary>
        public required string Key { get; init; }

        public required string Name { get; init; }

        public required string Masked { get; init; }

        public required string Environment { get; init; }

        public required IReadOnlyList<string>? Scopes { get; init; }

        public required DateTimeOffset CreatedAt { get; init; }
    }

    public static async Task<IResult> Handle(
        HttpContext context,
        Caller caller,
        Database database,
        IOptions<KeyOptions> options,
        UlidSource ids,
        TimeProvider clock,
        ILogger<Key> log
    )
    {
        var body = await Body.Read(context, KeyJson.Default.CreateKeyRequest);
        if (body.Refused)
            return body.Refusal;
        var wish = Read(body.Value, caller.Environment, options.Value);
        if (wish.Refused)
            return wish.Refusal;
        if (wish.Value.Environment != caller.Environment)
            return CommonRefusals.EnvironmentMismatch;
        if (caller.OwnerKind == OwnerKinds.ServiceAccount && wish.Value.Scopes is null)
            return KeyRefusals.ScopesNeeded;
        if (
            wish.Value.Scopes is { } wanted
            && (wanted & ~caller.Scopes) is var extra and not Scopes.None
        )
            return KeyRefusals.WiderThanCaller.With([
                .. ScopeNames
                    .Names(extra)
                    .Select(name => new Mistake(
                        "scope_not_held",
                        $"{name} is not among the caller's rights",
                        Where: "scopes"
                    )),
            ]);
        // A key narrower than its owner must not mint one that has all its owner may do.
        var scopes = wish.Value.Scopes ?? await CeilingOf(caller, database, context.RequestAborted);
        var (key, text) = Mint(
            wish.Value with
            {
                Scopes = scopes,
            },
            caller.OwnerKind,
            caller.OwnerId,
            options.Value,
            ids,
            clock
        );
        await database.Write(
            session => KeyStore.Insert(session, caller.TenantId, key),
            context.RequestAborted
        );
        LogCreated(log, key.Id, caller.TenantId, key.Environment, key.Name);
        return Answer(context, key, text);
    }

    /// <summary>Null (all the owner may do) when the caller has just that; else the caller's own rights.</summary>
    private static async Task<Scopes?> CeilingOf(
        Caller caller,
        Database database,
        CancellationToken stop
    )
    {
        var member = await database.Read(
            session => OwnerStore.FindMember(session, caller.TenantId, caller.OwnerId),
            stop
        );
        return caller.Scopes == OwnerStore.RightsOf(member) ? null : caller.Scopes;
    }

    /// <summary>What is asked for, with every mistake named.</summary>
    internal static Outcome<KeyWish> Read(Request request, string environment, KeyOptions options)
    {
        var mistakes = new List<Mistake>();
        var name = request.Name?.Trim() ?? "";
        if (name.Length is < 1 or > 100 || name.Any(char.IsControl))
            mistakes.Add(
                new Mistake(
                    "name",
                    "name is needed: 1 to 100 printable characters that say where the key will live",
                    Where: "name"
                )
            );
        var shape = request.Shape ?? "standard";
        if (shape is not ("standard" or "hex" or "client"))
            mistakes.Add(
                new Mistake("shape", "shape is one of standard, hex, client", Where: "shape")
            );
        var wanted = request.Environment ?? environment;
        if (!EnvironmentNames.IsKnown(wanted))
            mistakes.Add(
                new Mistake("environment", "environment is live or test", Where: "environment")
            );
        if (shape == "client" && !KeyText.IsClientName(name))
            mistakes.Add(
                new Mistake(
                    "name",
                    "the name of a client key stands in its text: letters, digits and inner hyphens only",
                    Where: "name"
                )
            );
        if (shape == "hex" && wanted == EnvironmentNames.Test)
            mistakes.Add(
                new Mistake(
                    "environment",
                    "a key of the shape hex carries no environment and is always live",
                    Where: "environment"
                )
            );
        var scopes = ReadScopes(request.Scopes, mistakes);
        if (mistakes.Count > 0)
            return CommonRefusals.InvalidInput.With(mistakes);
        if (shape == "client" && !options.OldCredentials)
            return KeyRefusals.ShapeDisabled;
        return new KeyWish(name, wanted, shape, scopes);
    }

    /// <summary>The key's row and, beside it, the text that only the reply may hold.</summary>
    internal static (Key Key, string Text) Mint(
        KeyWish wish,
        string ownerKind,
        string ownerId,
        KeyOptions options,
        UlidSource ids,
        TimeProvider clock
    )
    {
        var text = wish.Shape switch
        {
            "hex" => KeyText.MintHex(),
            "client" => KeyText.MintClient(wish.Name, Word(wish.Environment)),
            _ => KeyText.MintStandard(options.Prefix, Word(wish.Environment)),
        };
        var now = clock.GetUtcNow();
        var key = new Key
        {
            Id = ids.Next().ToString(),
            Environment = wish.Environment,
            Name = wish.Name,
            Shape = wish.Shape,
            Hash = KeyText.Hash(text),
            Masked = KeyText.Mask(text),
            Scopes = wish.Scopes is { } scopes ? (long)scopes : null,
            OwnerKind = ownerKind,
            OwnerId = ownerId,
            CreatedAt = now.ToUnixTimeMilliseconds(),
        };
        return (key, text);
    }

    private static KeyEnvironment Word(string environment) =>
        environment == EnvironmentNames.Test ? KeyEnvironment.Test : KeyEnvironment.Live;

    internal static IResult Answer(HttpContext context, Key key, string text)
    {
        context.Response.Headers.CacheControl = "no-store";
        var response = new Response
        {
            Id = key.Id,
            Key = text,
            Name = key.Name,
            Masked = key.Masked,
            Environment = key.Environment,
            Scopes = key.Scopes is { } scopes ? ScopeNames.Names((Scopes)scopes) : null,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(key.CreatedAt),
        };
        return TypedResults.Json(
            response,
            KeyJson.Default.CreateKeyResponse,
            statusCode: StatusCodes.Status201Created
        );
    }

    internal static Scopes? ReadScopes(IReadOnlyList<string>? names, List<Mistake> mistakes)
    {
        if (names is null)
            return null;
        var set = Scopes.None;
        foreach (var name in names)
        {
            if (ScopeNames.Parse(name) is { } scope)
                set |= scope;
            else
                mistakes.Add(
                    new Mistake(
                        "scope",
                        $"'{Clip(name)}' is not a scope; known are {string.Join(", ", ScopeNames.All)}",
                        Where: "scopes"
                    )
                );
        }
        if (names.Count == 0)
            mistakes.Add(
                new Mistake(
                    "scope",
                    "scopes is empty; leave it out for all that the owner may do, or name some",
                    Where: "scopes"
                )
            );
        return set;
    }

    private static string Clip(string text) =>
        text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 40), "…");

    [LoggerMessage(
        1101,
        LogLevel.Information,
        "Key {KeyId} created in tenant {TenantId} ({Environment}): {Name}"
    )]
    private static partial void LogCreated(
        ILogger log,
        string keyId,
        string tenantId,
        string environment,
        string name
    );
}

/// <summary>A key that is asked for and free of mistakes.</summary>
internal sealed record KeyWish(string Name, string Environment, string Shape, Scopes? Scopes);

using System.Collections.Frozen;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;
using Sluice.Server.Identity.Sessions;
using Sluice.Server.Licenses;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console;

/// <summary>
/// The acts of the API, called in process by their operation ids: the same code, the same scopes, the same refusals, and no second
/// logic. A page can do nothing that the API cannot.
/// </summary>
internal sealed class Acts
{
    private sealed record Act(RouteEndpoint Endpoint, string Method, Scopes Needs, bool Licensed);

    private FrozenDictionary<string, Act> _byName = FrozenDictionary<string, Act>.Empty;

    /// <summary>Called once, when all routes are mapped.</summary>
    /// <param name="endpoints">All that is served.</param>
    /// <param name="needs">The scope in the cell of an endpoint's row, for its method.</param>
    /// <param name="licensed">Whether a license that has ended refuses it.</param>
    public void Open(
        IEnumerable<RouteEndpoint> endpoints,
        Func<RouteEndpoint, string, Scopes> needs,
        Func<RouteEndpoint, string, bool> licensed
    ) =>
        _byName = endpoints
            .Select(endpoint =>
                (
                    Name: endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName,
                    Endpoint: endpoint,
                    Method: endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods
                        is [var method, ..]
                        ? method
                        : HttpMethods.Get
                )
            )
            .Where(each => each.Name is not null)
            .ToFrozenDictionary(
                each => each.Name!,
                each => new Act(
                    each.Endpoint,
                    each.Method,
                    needs(each.Endpoint, each.Method),
                    licensed(each.Endpoint, each.Method)
                )
            );

    /// <summary>Calls an act for a visitor, and answers with what it gives or why it refuses.</summary>
    /// <param name="outer">The request of the page.</param>
    /// <param name="caller">Who asks, in which environment; null where nobody is known yet.</param>
    /// <param name="name">The act's operation id.</param>
    /// <param name="gives">What it gives; null when it gives nothing.</param>
    public async Task<Outcome<T>> Call<T>(
        HttpContext outer,
        Caller? caller,
        string name,
        JsonTypeInfo<T> gives,
        ActInput input
    )
        where T : class
    {
        var (bytes, refusal) = await Send(outer, caller, name, input);
        return refusal is not null
            ? refusal
            : JsonSerializer.Deserialize(bytes.Span, gives)
                ?? throw new InvalidOperationException($"{name} gave nothing");
    }

    /// <summary>Calls an act of which the answer's body does not matter; null when it is done.</summary>
    public async Task<Refusal?> Call(
        HttpContext outer,
        Caller? caller,
        string name,
        ActInput input
    ) => (await Send(outer, caller, name, input)).Refusal;

    /// <summary>Whether the rights of a caller are enough for an act.</summary>
    public bool May(Caller caller, string name) => caller.May(_byName[name].Needs);

    private async Task<(ReadOnlyMemory<byte> Bytes, Refusal? Refusal)> Send(
        HttpContext outer,
        Caller? caller,
        string name,
        ActInput input
    )
    {
        var act = _byName[name];
        if (caller is not null && !caller.May(act.Needs))
            return (default, Noted(outer, Lacks(act.Needs & ~caller.Scopes)));
        if (
            caller is not null
            && act.Licensed
            && await outer
                .RequestServices.GetRequiredService<LicenseChecks>()
                .RefuseChange(caller.TenantId, outer.RequestAborted)
                is { } expired
        )
            return (default, Noted(outer, expired));
        using var answer = new MemoryStream();
        var inner = Inner(outer, act, input, answer);
        inner.Features.Set(RefusalDialect.Problem);
        if (caller is not null)
            inner.Features.Set(caller);
        await act.Endpoint.RequestDelegate!(inner);
        await inner.Response.CompleteAsync();
        SessionLookup.Carry(inner, outer);
        // A session that the act opens or ends is the visitor's.
        foreach (var cookie in inner.Response.Headers.SetCookie)
            outer.Response.Headers.Append("Set-Cookie", cookie);
        if (inner.Items.TryGetValue(typeof(Refusal), out var refused))
            return (default, Noted(outer, (Refusal)refused!));
        if (inner.Response.StatusCode >= StatusCodes.Status400BadRequest)
            throw new InvalidOperationException($"{name} answered {inner.Response.StatusCode}");
        return (answer.ToArray(), null);
    }

    /// <summary>What was refused is the page's own answer, for the record that the doors keep.</summary>
    internal static Refusal Noted(HttpContext outer, Refusal refusal)
    {
        outer.Items[typeof(Refusal)] = refusal;
        return refusal;
    }

    private static Refusal Lacks(Scopes missing)
    {
        var scope = ScopeNames.Names(missing)[0];
        return ConsoleRefusals.NotYours with
        {
            Scope = scope,
            Detail =
                $"This needs the right {scope}, which your role does not have. Ask an admin of your organisation.",
        };
    }

    /// <summary>A request within the request: it has the visitor's connection, session and services, and a message of its own.</summary>
    private static DefaultHttpContext Inner(
        HttpContext outer,
        Act act,
        ActInput input,
        Stream answer
    )
    {
        var features = new FeatureCollection(outer.Features);
        IHeaderDictionary headers = new HeaderDictionary();
        headers.ContentType = input.ContentType;
        headers.ContentLength = input.Body.Length;
        headers.UserAgent = outer.Request.Headers.UserAgent;
        headers.Cookie = outer.Request.Headers.Cookie;
        headers.Host = outer.Request.Headers.Host;
        features.Set<IHttpRequestFeature>(
            new HttpRequestFeature
            {
                Method = act.Method,
                Scheme = outer.Request.Scheme,
                Protocol = outer.Request.Protocol,
                Path = "/" + act.Endpoint.RoutePattern.RawText!.TrimStart('/'),
                QueryString = input.Query.Value ?? "",
                Headers = headers,
            }
        );
        features.Set<IRequestBodyPipeFeature>(new Given(input.Body));
        features.Set<IHttpResponseFeature>(new HttpResponseFeature());
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(answer));
        features.Set<IResponseCookiesFeature>(new ResponseCookiesFeature(features));
        features.Set<IQueryFeature>(new QueryFeature(features));
        features.Set<IRouteValuesFeature>(new RouteValuesFeature { RouteValues = input.Route });
        features.Set<IEndpointFeature>(new Routed { Endpoint = act.Endpoint });
        features.Set<IItemsFeature>(new ItemsFeature());
        return new DefaultHttpContext(features);
    }

    /// <summary>A body that is in memory already; whoever reads it may wipe it there.</summary>
    private sealed class Given(ReadOnlyMemory<byte> body) : IRequestBodyPipeFeature
    {
        public PipeReader Reader { get; } = PipeReader.Create(new(body));
    }

    private sealed class Routed : IEndpointFeature
    {
        public Endpoint? Endpoint { get; set; }
    }
}

/// <summary>What a call of an act brings: parts of its path, a query, a body.</summary>
internal sealed record ActInput
{
    public static readonly ActInput None = new();

    public RouteValueDictionary Route { get; init; } = [];

    public QueryString Query { get; init; }

    public ReadOnlyMemory<byte> Body { get; init; }

    public string ContentType { get; init; } = "application/json";

    /// <summary>An act on one thing.</summary>
    public static ActInput Of(string name, string value) =>
        new() { Route = new() { [name] = value } };

    /// <summary>An act with a query; what is null or empty is left out.</summary>
    public static ActInput Asking(params (string Name, string? Value)[] query) =>
        new()
        {
            Query = QueryString.Create(
                query
                    .Where(each => !string.IsNullOrEmpty(each.Value))
                    .Select(each => KeyValuePair.Create(each.Name, each.Value))
            ),
        };

    /// <summary>An act that takes JSON.</summary>
    public static ActInput With<T>(T body, JsonTypeInfo<T> type) =>
        new() { Body = JsonSerializer.SerializeToUtf8Bytes(body, type) };

    public ActInput On(string name, string value) =>
        this with
        {
            Route = new(Route) { [name] = value },
        };
}

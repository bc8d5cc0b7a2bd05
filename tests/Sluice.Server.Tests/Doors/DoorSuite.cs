using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Server.Doors;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Tests.Doors;

/// <summary>The endpoints that are served, their rows and recipes, and two tenants to call them with; all that is wrong is collected.</summary>
public abstract class DoorSuite : IAsyncLifetime
{
    private static readonly ConcurrentDictionary<TestHouse, Lazy<Task<DoorWorld>>> Worlds = new();

    private protected List<string> Wrong { get; } = [];

    private protected TestHouse Server { get; private set; } = null!;

    private protected DoorWorld World { get; private set; } = null!;

    private protected abstract Task<TestHouse> Open();

    public async ValueTask InitializeAsync()
    {
        Server = await Open();
        World = await Worlds
            .GetOrAdd(Server, house => new Lazy<Task<DoorWorld>>(() => DoorWorld.Make(house)))
            .Value;
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    private protected sealed record Served(string Method, string Name, Row Row)
    {
        public Scopes Needs => Method is "GET" or "HEAD" ? Row.Read : Row.Change;
    }

    /// <summary>Pages for people have tests of their own: they answer nobody with the way to sign in.</summary>
    internal static bool IsOfApi(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<PageRoute>() is null;

    private protected IEnumerable<Served> Endpoints()
    {
        var source = Server.Services.GetRequiredService<EndpointDataSource>();
        foreach (var endpoint in source.Endpoints.OfType<RouteEndpoint>().Where(IsOfApi))
        {
            var methods =
                endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"];
            foreach (var method in methods)
                yield return new Served(
                    method,
                    $"{method} /{endpoint.RoutePattern.RawText!.TrimStart('/')}",
                    DoorMiddleware.RowOf(endpoint)
                );
        }
    }

    private protected IEnumerable<(Served Endpoint, Recipe Recipe)> Guarded() =>
        from endpoint in Endpoints()
        where endpoint.Row.Doors != Door.None
        select (endpoint, Recipes.For(endpoint.Name, Recipes.Of(World))![0]);

    private protected static bool TakesKeys(Served endpoint) =>
        endpoint.Row.Doors.HasFlag(Door.Key);

    private protected async Task<(int Status, string Body, HttpResponseMessage Answer)> Call(
        Served endpoint,
        Recipe recipe,
        string? key,
        Action<HttpRequestMessage>? adjust = null
    )
    {
        using var answer = await Server.Send(
            new HttpMethod(endpoint.Method),
            recipe.Path,
            adjust: request =>
            {
                request.Content = recipe.Content();
                if (key is not null)
                    request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
                adjust?.Invoke(request);
            }
        );
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer);
    }

    private protected void Expect(bool holds, Served endpoint, string otherwise)
    {
        if (!holds)
            Wrong.Add($"{endpoint.Name}: {otherwise}");
    }

    private protected void Report()
    {
        if (Wrong.Count > 0)
            Assert.Fail(string.Join("\n", Wrong));
    }

    private protected static IEnumerable<Scopes> Each(Scopes scopes) =>
        ScopeNames
            .All.Select(name => ScopeNames.Parse(name)!.Value)
            .Where(scope => scopes.HasFlag(scope));

    private protected static string? Code(string body)
    {
        try
        {
            return (string?)JsonNode.Parse(body)?["code"];
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

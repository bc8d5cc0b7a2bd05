using System.Text.Json.Serialization;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Flows.Memory;

internal static class MemoryRoutes
{
    public static IServiceCollection AddMemory(
        this IServiceCollection services,
        IConfiguration configuration
    )
    {
        services
            .AddOptions<MemoryOptions>()
            .Bind(configuration.GetSection("Memory"))
            .Validate(
                memory =>
                    memory
                        is {
                            MaxSessions: > 0,
                            MaxTurns: > 0,
                            MaxEntries: > 0,
                            MaxBytes: > 0,
                            MaxPerCall: > 0,
                            MaxPerSecond: > 0
                        },
                "Memory: each limit is more than 0."
            );
        services.AddSingleton<NodeMemory>();
        return services;
    }

    public static void MapMemory(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/memory/flows", ListMemory.Flows)
            .WithName("listMemory")
            .Does("List the flows that remember something, and how much")
            .Pages()
            .Gives(MemoryJson.Default.FlowsResponse);
        app.MapDelete("/api/v1/memory/flows/{owner}/{name}", RemoveMemory.OfFlow)
            .WithName("removeMemory")
            .Does("Forget all that a flow remembers: sessions with their turns, and entries")
            .GivesNothing()
            .Refuses(FlowRefusals.NotFound);
        app.MapGet("/api/v1/memory/sessions", ListMemory.Sessions)
            .WithName("listMemorySessions")
            .Does("List sessions, newest first")
            .Query("flow", "Only those of this flow, `handle/name`.")
            .Query("name", "Only those that nodes call so.")
            .Pages()
            .Gives(MemoryJson.Default.SessionsResponse);
        app.MapGet("/api/v1/memory/sessions/{id}", ListMemory.Session)
            .WithName("getMemorySession")
            .Does("Show a session with its turns, oldest first")
            .Pages()
            .Gives(MemoryJson.Default.SessionResponse)
            .Refuses(MemoryRefusals.SessionNotFound);
        app.MapDelete("/api/v1/memory/sessions/{id}", RemoveMemory.OfSession)
            .WithName("removeMemorySession")
            .Does("Delete a session with its turns and entries")
            .GivesNothing()
            .Refuses(MemoryRefusals.SessionNotFound);
        app.MapGet("/api/v1/memory/entries", SearchMemory.Handle)
            .WithName("searchMemory")
            .Does(
                "Find entries of a flow by their words, best first; without `q` list them, newest first"
            )
            .Query("flow", "The flow, `handle/name`; needed.")
            .Query("q", "What is looked for; at most 1024 bytes.")
            .Query("session", "Only those of the session with this id.")
            .Pages()
            .Gives(MemoryJson.Default.EntriesResponse)
            .Refuses(MemoryRefusals.SessionNotFound);
        app.MapDelete("/api/v1/memory/entries/{id}", RemoveMemory.OfEntry)
            .WithName("removeMemoryEntry")
            .Does("Delete an entry")
            .GivesNothing()
            .Refuses(MemoryRefusals.EntryNotFound);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never
)]
[JsonSerializable(typeof(ListMemory.FlowsResponse), TypeInfoPropertyName = "FlowsResponse")]
[JsonSerializable(typeof(ListMemory.SessionsResponse), TypeInfoPropertyName = "SessionsResponse")]
[JsonSerializable(typeof(ListMemory.SessionResponse), TypeInfoPropertyName = "SessionResponse")]
[JsonSerializable(typeof(SearchMemory.Response), TypeInfoPropertyName = "EntriesResponse")]
internal sealed partial class MemoryJson : JsonSerializerContext;

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Client;

/// <summary>The wire's JSON: snake_case, nulls left out. Public so that programs can print what they were given.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(ApiKey))]
[JsonSerializable(typeof(CompiledFlow))]
[JsonSerializable(typeof(FlowConfig))]
[JsonSerializable(typeof(FlowText))]
[JsonSerializable(typeof(FlowVerdict))]
[JsonSerializable(typeof(Health))]
[JsonSerializable(typeof(Invocation))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(KeyChange))]
[JsonSerializable(typeof(KeyToVerify))]
[JsonSerializable(typeof(KeyUsage))]
[JsonSerializable(typeof(KeyVerdict))]
[JsonSerializable(typeof(MintedKey))]
[JsonSerializable(typeof(NewBreakpoints))]
[JsonSerializable(typeof(KeyRotation))]
[JsonSerializable(typeof(NewFlowConfig))]
[JsonSerializable(typeof(NewInvocation))]
[JsonSerializable(typeof(NewKey))]
[JsonSerializable(typeof(NewOrganization))]
[JsonSerializable(typeof(NewReplay))]
[JsonSerializable(typeof(Organization))]
[JsonSerializable(typeof(Package))]
[JsonSerializable(typeof(Page<ApiKey>))]
[JsonSerializable(typeof(Page<FlowConfig>))]
[JsonSerializable(typeof(Page<FlowRevision>))]
[JsonSerializable(typeof(Page<FlowSummary>))]
[JsonSerializable(typeof(Page<GraphSummary>))]
[JsonSerializable(typeof(Page<LogLine>))]
[JsonSerializable(typeof(Page<Package>))]
[JsonSerializable(typeof(Page<Run>))]
[JsonSerializable(typeof(Page<SavedSecret>))]
[JsonSerializable(typeof(PushEvent))]
[JsonSerializable(typeof(Run))]
[JsonSerializable(typeof(RunEvent))]
[JsonSerializable(typeof(RunQueue))]
[JsonSerializable(typeof(SavedFlow))]
[JsonSerializable(typeof(SavedSecret))]
[JsonSerializable(typeof(SecretKeys))]
[JsonSerializable(typeof(Usage))]
[JsonSerializable(typeof(Whoami))]
public sealed partial class SluiceJson : JsonSerializerContext;

using System.Text.Json.Serialization;
using Sluice.Cli.Audit;
using Sluice.Cli.Flows;
using Sluice.Cli.Graphs;
using Sluice.Cli.Packages;
using Sluice.Seal;

namespace Sluice.Cli;

/// <summary>Answers that the program gives by itself, without a server's shape behind them.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true
)]
[JsonSerializable(typeof(CallLine))]
[JsonSerializable(typeof(Deleted))]
[JsonSerializable(typeof(Diagnosis))]
[JsonSerializable(typeof(Exported))]
[JsonSerializable(typeof(FilesWritten))]
[JsonSerializable(typeof(FlowDifference))]
[JsonSerializable(typeof(LaidOut))]
[JsonSerializable(typeof(LedgerVerdict))]
[JsonSerializable(typeof(Licenses.LicenseReport))]
[JsonSerializable(typeof(Preview))]
[JsonSerializable(typeof(ProgramVersion))]
[JsonSerializable(typeof(PushReport))]
internal sealed partial class CliJson : JsonSerializerContext;

/// <summary>What was removed, by its name or id.</summary>
internal sealed record Deleted([property: JsonPropertyName("deleted")] string What);

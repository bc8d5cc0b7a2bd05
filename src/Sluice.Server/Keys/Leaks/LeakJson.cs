using System.Text.Json.Serialization;

namespace Sluice.Server.Keys.Leaks;

/// <summary>Documents of somebody else's making: what they hold beyond what is known here is left aside.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    AllowDuplicateProperties = false,
    MaxDepth = 64
)]
[JsonSerializable(typeof(List<ReportLeaks.Finding?>), TypeInfoPropertyName = "LeakFindings")]
[JsonSerializable(typeof(List<ReportLeaks.Judgement>), TypeInfoPropertyName = "LeakLabels")]
[JsonSerializable(typeof(LeakKeyDocument))]
internal sealed partial class LeakJson : JsonSerializerContext;

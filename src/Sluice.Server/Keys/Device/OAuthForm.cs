using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Keys.Device;

/// <summary>The form that OAuth's endpoints take: each parameter once, an empty one as if it were not there (RFC 6749, section 3.2).</summary>
internal sealed class OAuthForm
{
    private readonly Dictionary<string, string> _values;

    private OAuthForm(Dictionary<string, string> values) => _values = values;

    public string? this[string name] => _values.GetValueOrDefault(name);

    public static async Task<Outcome<OAuthForm>> Read(HttpContext context)
    {
        if (!context.Request.HasFormContentType)
            return DeviceRefusals.InvalidRequest;
        var (bytes, refusal) = await Body.ReadAll(context, Body.ManagementLimit);
        if (refusal is not null)
            return refusal;
        var values = new Dictionary<string, string>();
        foreach (var (name, given) in QueryHelpers.ParseQuery(Encoding.UTF8.GetString(bytes.Span)))
        {
            if (given.Count != 1 || given[0]!.Contains('\0', StringComparison.Ordinal))
                return DeviceRefusals.InvalidRequest;
            if (given[0] is { Length: > 0 } value)
                values[name] = value;
        }
        return new OAuthForm(values);
    }
}

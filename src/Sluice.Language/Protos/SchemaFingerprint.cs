using System.Security.Cryptography;
using System.Text;

namespace Sluice.Language.Protos;

/// <summary>Hashes a canonical text of the schema, sorted by full name and by number.</summary>
internal static class SchemaFingerprint
{
    public static string Of(Schema schema)
    {
        var text = new StringBuilder("sluice-schema-1\n");
        foreach (var message in schema.Messages.OrderBy(m => m.FullName, StringComparer.Ordinal))
            Append(text, message);
        var enums = schema.Enums.Concat(schema.Messages.SelectMany(m => m.Enums));
        foreach (var type in enums.OrderBy(e => e.FullName, StringComparer.Ordinal))
            Append(text, type);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static void Append(StringBuilder text, MessageType message)
    {
        text.Append("message ").Append(message.FullName).Append('\n');
        foreach (var field in message.Fields.OrderBy(f => f.Number))
        {
            text.Append(' ')
                .Append(field.Number)
                .Append(' ')
                .Append(field.TypeText)
                .Append(' ')
                .Append(field.Name);
            text.Append(' ').Append(field.JsonName);
            if (field.IsOptional)
                text.Append(" optional");
            if (field.IsPacked)
                text.Append(" packed");
            if (field.Oneof is not null)
                text.Append(" oneof ").Append(field.Oneof.Name);
            text.Append('\n');
        }
    }

    private static void Append(StringBuilder text, EnumType type)
    {
        text.Append("enum ").Append(type.FullName).Append('\n');
        foreach (
            var value in type
                .Values.OrderBy(v => v.Number)
                .ThenBy(v => v.Name, StringComparer.Ordinal)
        )
            text.Append(' ').Append(value.Number).Append(' ').Append(value.Name).Append('\n');
    }
}

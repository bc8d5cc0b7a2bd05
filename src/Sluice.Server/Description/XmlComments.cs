using System.Reflection;
using System.Text;
using System.Xml.Linq;

namespace Sluice.Server.Description;

/// <summary>
/// The comments of the code, as the compiler writes them beside the program: what a member means is said once, there.
/// Read only while <c>spec/openapi.json</c> is made.
/// </summary>
internal sealed class XmlComments
{
    private readonly Dictionary<string, XElement> _members;

    private XmlComments(Dictionary<string, XElement> members) => _members = members;

    /// <summary>Those beside <paramref name="assembly"/>; none when the file is not there.</summary>
    public static XmlComments Beside(Assembly assembly)
    {
        var path = Path.ChangeExtension(assembly.Location, ".xml");
        var members = File.Exists(path)
            ? XDocument
                .Load(path)
                .Descendants("member")
                .ToDictionary(member => member.Attribute("name")!.Value)
            : [];
        return new XmlComments(members);
    }

    /// <summary>What is said of a property, or of the record's parameter that it is; null when nothing is.</summary>
    public string? Of(MemberInfo property)
    {
        if (property.DeclaringType is not { } type)
            return null;
        var owner = type.FullName!.Replace('+', '.');
        if (_members.TryGetValue($"P:{owner}.{property.Name}", out var own))
            return Text(own.Element("summary"));
        return _members.TryGetValue($"T:{owner}", out var record)
            ? Text(
                record
                    .Elements("param")
                    .FirstOrDefault(parameter =>
                        parameter.Attribute("name")?.Value == property.Name
                    )
            )
            : null;
    }

    private static string? Text(XElement? element)
    {
        if (element is null)
            return null;
        var text = new StringBuilder();
        foreach (var node in element.Nodes())
        {
            _ = node switch
            {
                XText plain => text.Append(plain.Value),
                XElement { Name.LocalName: "see" or "paramref" } link => text.Append(
                    (link.Attribute("cref") ?? link.Attribute("name"))?.Value.Split('.', ':')[^1]
                ),
                XElement code => text.Append('`').Append(code.Value).Append('`'),
                _ => text,
            };
        }
        return string.Join(
            ' ',
            text.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
        );
    }
}

using Sluice.Language.Protos;

namespace Sluice.Language.Emitters.TypeScript;

/// <summary>What the types of google.protobuf can do beyond holding their fields, under the names of protobuf's own JavaScript.</summary>
internal static class TypeScriptWellKnown
{
    public static void Methods(CodeText code, MessageType type, TypeScriptNames names)
    {
        var text = type.WellKnown switch
        {
            WellKnown.Timestamp => Timestamp,
            WellKnown.Duration => Duration,
            WellKnown.Value => Value,
            WellKnown.Struct => Struct,
            WellKnown.ListValue => ListValue,
            _ => "",
        };
        if (text.Length == 0)
            return;
        foreach (
            var known in (ReadOnlySpan<MessageType>)
                [
                    WellKnownTypes.Timestamp,
                    WellKnownTypes.Duration,
                    WellKnownTypes.Value,
                    WellKnownTypes.Struct,
                    WellKnownTypes.ListValue,
                ]
        )
            if (text.Contains($"«{known.Name}»", StringComparison.Ordinal))
                text = text.Replace($"«{known.Name}»", names.Of(known));
        code.Line().Lines(text.Split('\n'));
    }

    private const string Timestamp = """
        toDate(): $.Time {
            return $.toDate(this._seconds, this._nanos);
        }
        fromDate(value: $.Time): this {
            [this._seconds, this._nanos] = $.fromDate(value);
            return this;
        }
        static fromDate(value: $.Time): «Timestamp» {
            return new «Timestamp»().fromDate(value);
        }
        """;

    private const string Duration = """
        toMilliseconds(): number {
            return $.toMilliseconds(this._seconds, this._nanos);
        }
        fromMilliseconds(value: number): this {
            [this._seconds, this._nanos] = $.fromMilliseconds(value);
            return this;
        }
        static fromMilliseconds(value: number): «Duration» {
            return new «Duration»().fromMilliseconds(value);
        }
        """;

    private const string Value = """
        toJavaScript(): $.JavaScriptValue {
            if (this._structValue !== undefined) return this._structValue.toJavaScript();
            if (this._listValue !== undefined) return this._listValue.toJavaScript();
            return this._numberValue ?? this._stringValue ?? this._boolValue ?? null;
        }
        static fromJavaScript(value: $.JavaScriptValue): «Value» {
            const $made = new «Value»();
            if (value === null || value === undefined) return $made.setNullValue(0);
            if (typeof value === "number") return $made.setNumberValue(value);
            if (typeof value === "string") return $made.setStringValue(value);
            if (typeof value === "boolean") return $made.setBoolValue(value);
            return $.isList(value)
                ? $made.setListValue(«ListValue».fromJavaScript(value))
                : $made.setStructValue(«Struct».fromJavaScript(value));
        }
        """;

    private const string Struct = """
        toJavaScript(): { [key: string]: $.JavaScriptValue } {
            return $.fromEntries([...this._fieldsMap].map(($e) => [$e[0], $e[1].toJavaScript()]));
        }
        static fromJavaScript(value: { [key: string]: $.JavaScriptValue }): «Struct» {
            const $made = new «Struct»();
            for (const $e of $.entries(value)) $made._fieldsMap.set($e[0], «Value».fromJavaScript($e[1]));
            return $made;
        }
        """;

    private const string ListValue = """
        toJavaScript(): $.JavaScriptValue[] {
            return this._valuesList.map(($e) => $e.toJavaScript());
        }
        static fromJavaScript(value: readonly $.JavaScriptValue[]): «ListValue» {
            return new «ListValue»().setValuesList(value.map(($e) => «Value».fromJavaScript($e)));
        }
        """;
}

namespace Sluice.Server.Outbound;

/// <summary>Sends over connections that were made under what is trusted now: once that has changed, none of before is used again.</summary>
/// <param name="trust">What holds from now on.</param>
/// <param name="make">Makes what connects.</param>
internal sealed class TrustedHandler(
    Func<OutboundTrust> trust,
    Func<OutboundTrust, SocketsHttpHandler> make
) : HttpMessageHandler
{
    private readonly Lock _gate = new();
    private OutboundTrust? _under;
    private HttpMessageInvoker? _sender;

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    ) => Sender().SendAsync(request, cancellationToken);

    protected override HttpResponseMessage Send(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    ) => Sender().Send(request, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _sender?.Dispose();
        base.Dispose(disposing);
    }

    private HttpMessageInvoker Sender()
    {
        var now = trust();
        lock (_gate)
        {
            // What is replaced may be in the midst of an answer; its connections end by their own age.
            if (_sender is null || !ReferenceEquals(_under, now))
                (_under, _sender) = (now, new HttpMessageInvoker(make(now)));
            return _sender;
        }
    }
}

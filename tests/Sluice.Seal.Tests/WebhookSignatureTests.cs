using System.Text;

namespace Sluice.Seal.Tests;

public sealed class WebhookSignatureTests
{
    [Theory]
    // The example of the specification, and one of its libraries'.
    [InlineData(
        "whsec_plJ3nmyCDGBKInavdOK15jsl",
        "msg_loFOjxBNrRLzqYUf",
        1731705121,
        """{"event_type":"ping","data":{"success":true}}""",
        "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="
    )]
    [InlineData(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        """{"test": 2432232314}""",
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )]
    public void A_message_is_signed_as_the_standard_says(
        string text,
        string id,
        long seconds,
        string body,
        string signature
    )
    {
        var secret = Convert.FromBase64String(text["whsec_".Length..]);
        Assert.Equal(text, WebhookSignature.Show(secret));
        Assert.Equal(
            signature,
            WebhookSignature.Sign(secret, id, seconds, Encoding.UTF8.GetBytes(body))
        );
    }
}

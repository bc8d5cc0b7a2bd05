using System.Text;

namespace Sluice.Seal.Tests;

/// <summary>Signature Version 4 against AWS's published vectors, and against its own Python library where that is installed.</summary>
public sealed class AwsSignatureTests
{
    private static readonly DateTimeOffset At = new(2015, 8, 30, 12, 36, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("GET", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("POST", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
    public void The_published_vectors_vanilla_are_signed_alike(string method, string signature) =>
        Assert.Equal(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature="
                + signature,
            AwsSignature.Authorization(
                "AKIDEXAMPLE",
                "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                "us-east-1",
                "service",
                method,
                "/",
                new Dictionary<string, string>
                {
                    ["host"] = "example.amazonaws.com",
                    ["x-amz-date"] = AwsSignature.Time(At),
                },
                [],
                At
            )
        );

    [Fact]
    public void A_request_for_a_secret_is_signed_as_botocore_signs_it()
    {
        const string Body = """{"SecretId":"sluice/customers/acme/license-key"}""";
        var expected = Oracle.Python(
            """
            import sys, datetime
            import botocore.auth
            from botocore.awsrequest import AWSRequest
            from botocore.credentials import Credentials
            at = datetime.datetime(2015, 8, 30, 12, 36, 0)
            botocore.auth.get_current_datetime = lambda remove_tzinfo=True: at
            request = AWSRequest("POST", "https://secretsmanager.eu-central-1.amazonaws.com/", data=sys.stdin.read().strip(), headers={
                "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "secretsmanager.GetSecretValue"})
            botocore.auth.SigV4Auth(Credentials("AKID", "se/cr+et", "to/ken=="), "secretsmanager", "eu-central-1").add_auth(request)
            print(request.headers["Authorization"])
            """,
            Body
        );
        Assert.Equal(
            expected,
            AwsSignature.Authorization(
                "AKID",
                "se/cr+et",
                "eu-central-1",
                "secretsmanager",
                "POST",
                "/",
                new Dictionary<string, string>
                {
                    ["content-type"] = "application/x-amz-json-1.1",
                    ["host"] = "secretsmanager.eu-central-1.amazonaws.com",
                    ["x-amz-date"] = AwsSignature.Time(At),
                    ["x-amz-security-token"] = "to/ken==",
                    ["x-amz-target"] = "secretsmanager.GetSecretValue",
                },
                Encoding.UTF8.GetBytes(Body),
                At
            )
        );
    }
}

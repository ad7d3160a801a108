using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CodePool.TestServers;

/// <summary>A self-signed certificate for 127.0.0.1 and localhost, in two PEM files.</summary>
internal static class RedisCertificate
{
    // One for all servers of this process: replicas trust their primary by it.
    private static readonly Lazy<(string Certificate, string Key)> Pem = new(Create);

    public static string PathIn(string folder) => Path.Combine(folder, "tls.crt");

    public static string KeyPathIn(string folder) => Path.Combine(folder, "tls.key");

    public static void Write(string folder)
    {
        File.WriteAllText(PathIn(folder), Pem.Value.Certificate);
        File.WriteAllText(KeyPathIn(folder), Pem.Value.Key);
    }

    private static (string Certificate, string Key) Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);

        // Its own issuer: a client trusts it by trusting the file.
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}

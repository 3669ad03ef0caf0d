using Sensor.Wire;

namespace Sensor.Cloud;

/// <summary>Makes the box known to the portal, once. The mark <c>enrolled</c> beside the identity says that it happened.</summary>
public sealed class Enroller(PortalClient client, string identityPath, Delays delays)
{
    private string MarkPath => identityPath + ".enrolled";

    /// <summary>True once the portal at this address has accepted the box.</summary>
    public bool Enrolled => File.Exists(MarkPath) && File.ReadAllText(MarkPath) == client.Address.ToString();

    /// <summary>
    /// Enrols with the delivery's token unless that happened before; tries until it succeeds, because a box is often
    /// installed before its line is.
    /// </summary>
    /// <param name="token">The shared enrolment token.</param>
    /// <param name="name">Name of the box for people.</param>
    /// <param name="version">Version of the software.</param>
    /// <param name="failed">Told why a try failed.</param>
    /// <param name="cancellation">Stops trying.</param>
    public async Task EnrolAsync(string token, string name, string version, Action<GrpcException>? failed, CancellationToken cancellation)
    {
        if (Enrolled) return;
        Backoff backoff = new(delays.Random);
        EnrolRequest request = new() { SensorId = client.Identity.SensorId, Secret = client.Identity.Secret, EnrolmentToken = token, Name = name, Version = version };
        while (true)
        {
            try
            {
                await client.EnrolAsync(request, cancellation).ConfigureAwait(false);
                await File.WriteAllTextAsync(MarkPath, client.Address.ToString(), cancellation).ConfigureAwait(false);
                return;
            }
            catch (GrpcException reason)
            {
                failed?.Invoke(reason);
                await delays.WaitAsync(backoff.Next(), cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Forgets the enrolment, so that the next <see cref="EnrolAsync"/> asks again (the portal no longer knows the box).</summary>
    public void Forget() => File.Delete(MarkPath);
}

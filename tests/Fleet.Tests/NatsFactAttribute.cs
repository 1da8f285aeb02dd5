namespace StereoSpike.Fleet.Tests;

/// <summary>A test with a real NATS server: it runs where nats-server is installed, and is skipped with that reason elsewhere.</summary>
public sealed class NatsFactAttribute : FactAttribute
{
    public NatsFactAttribute()
    {
        if (NatsServer.Program is null)
        {
            Skip = "needs nats-server (Debian: apt-get install nats-server)";
        }
    }
}

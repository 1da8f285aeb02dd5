namespace StereoSpike.Ingest;

/// <summary>What a simulated session is for.</summary>
public enum TrafficApplication
{
    /// <summary>A call: small packets at a steady beat both ways while somebody speaks.</summary>
    Voip,

    /// <summary>A film: requests, and bursts of full packets every few seconds.</summary>
    Video,

    /// <summary>A file: full packets one way without a pause, acknowledgements the other.</summary>
    File,

    /// <summary>A chat: now and then a small message and its answer.</summary>
    Chat,

    /// <summary>Pages: bursts of objects of all sizes, and time to read.</summary>
    Browsing,
}

/// <summary>How a simulated session is hidden.</summary>
public enum TrafficTunnel
{
    /// <summary>Not at all.</summary>
    Plain,

    /// <summary>A VPN: 57 bytes more, filled to blocks of 16, and a keep-alive every 10 s.</summary>
    Vpn,

    /// <summary>Tor: cells of 514 bytes, sent in batches after a delay that varies.</summary>
    Tor,
}

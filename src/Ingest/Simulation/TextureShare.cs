namespace StereoSpike.Ingest;

/// <summary>Which of the simulator's textures a scene may show, so that a network can be tested on textures that it has never seen.</summary>
public enum TextureShare
{
    /// <summary>All of them.</summary>
    All,

    /// <summary>Three quarters of each kind.</summary>
    Training,

    /// <summary>The other quarter.</summary>
    Test,
}

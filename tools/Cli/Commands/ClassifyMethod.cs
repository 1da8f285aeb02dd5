namespace StereoSpike.Cli;

/// <summary>Which kind of network, and how it learns.</summary>
internal enum ClassifyMethod
{
    S4nn,
    Bs4nn,
    Stidi,
    Ttfs,
}

namespace StereoSpike.Hardware;

/// <summary>How a population lies on a chip: its channels and rows cut into equal parts, a part a core.</summary>
/// <param name="Population">The population.</param>
/// <param name="FirstCore">Number of its first core; the others follow.</param>
/// <param name="ChannelParts">Parts that its channels are cut into.</param>
/// <param name="RowParts">Parts that its rows are cut into; each keeps the weights of its channels again.</param>
/// <param name="NeuronsPerCore">Neurons of its fullest core.</param>
/// <param name="WeightsPerCore">Weights of its fullest core.</param>
/// <param name="Fill">How full its fullest core is: the tighter of neurons and weights, 0..1; null where the chip states neither.</param>
public sealed record CorePlacement(Population Population, int FirstCore, int ChannelParts, int RowParts, long NeuronsPerCore, long WeightsPerCore, double? Fill)
{
    /// <summary>Cores it takes.</summary>
    public int Cores => ChannelParts * RowParts;
}

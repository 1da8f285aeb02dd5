using StereoSpike.Files;
using StereoSpike.Model;

namespace StereoSpike.Readout;

/// <summary>A trained <see cref="TtfsNetwork"/> in a file: its settings, and its tensors in <c>.safetensors</c>.</summary>
/// <param name="Settings">The network's shape.</param>
/// <param name="Tensors">By name: <c>layerN.weight</c>, shape [K,C,k,k] or [K,inputs] with inputs as [C,H,W], and <c>layerN.bias</c>, shape [K]; N from 1.</param>
/// <param name="Notes">Texts kept beside them: how it was trained, on what, with which seed.</param>
public sealed record TtfsWeights(TtfsSettings Settings, IReadOnlyDictionary<string, WeightTensor> Tensors, IReadOnlyDictionary<string, string> Notes)
{
    private const string SettingsKey = "ttfs";

    /// <summary>Takes the weights of a network.</summary>
    public static TtfsWeights Of(TtfsNetwork network, IReadOnlyDictionary<string, string> notes)
    {
        ArgumentNullException.ThrowIfNull(network);
        var tensors = new Dictionary<string, WeightTensor>();
        foreach (TtfsTensor tensor in TtfsTensor.All(network))
        {
            var values = new float[tensor.Shape.Aggregate(1, (product, side) => product * side)];
            tensor.Walk((file, memory) => values[file] = tensor.Memory[memory]);
            tensors.Add(tensor.Name, new WeightTensor(tensor.Shape, values));
        }

        return new TtfsWeights(network.Settings, tensors, notes);
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is damaged, holds no settings of such a network, or its tensors are not that network's.</exception>
    public static TtfsWeights Load(string path)
    {
        (IReadOnlyDictionary<string, WeightTensor> tensors, IReadOnlyDictionary<string, string> metadata) = SafetensorsFile.Read(path);
        if (!metadata.TryGetValue(SettingsKey, out string? json))
        {
            throw BadFile.Error(path, "__metadata__", $"has no \"{SettingsKey}\" entry with the network's settings", "Write the weights with stereospike classify train --method ttfs.");
        }

        var weights = new TtfsWeights(TtfsSettings.FromJson(json, path), tensors, metadata.Where(pair => pair.Key != SettingsKey).ToDictionary());
        weights.Fill(weights.Empty(path, 1), path);
        return weights;
    }

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <exception cref="IOException">The disk is full or the place cannot be written.</exception>
    public void Save(string path) => SafetensorsFile.Write(path, Tensors, Notes.Append(new(SettingsKey, Settings.ToJson())).ToDictionary());

    /// <summary>The network, ready to run on one thread.</summary>
    /// <param name="images">How many images it is to work on at once.</param>
    /// <exception cref="InvalidDataException">The tensors are not the network's.</exception>
    public TtfsNetwork Network(int images = 1)
    {
        TtfsNetwork network = Empty("weights", images);
        Fill(network, "weights");
        return network;
    }

    private TtfsNetwork Empty(string source, int images)
    {
        try
        {
            return new TtfsNetwork(Settings, images);
        }
        catch (ArgumentException cause)
        {
            throw BadFile.Error(source, "network settings", $"cannot be used ({cause.Message})", "The weights are damaged; train them again.", cause);
        }
    }

    private void Fill(TtfsNetwork network, string source)
    {
        TtfsTensor[] expected = [.. TtfsTensor.All(network)];
        foreach (TtfsTensor tensor in expected)
        {
            WeightTensor found = Tensors.GetValueOrDefault(tensor.Name) is { } held && held.Shape.SequenceEqual(tensor.Shape) && Array.TrueForAll(held.Values, float.IsFinite)
                ? held
                : throw BadFile.Error(source, tensor.Name, $"is missing, not finite, or not of shape [{string.Join(", ", tensor.Shape)}]", "The file belongs to another network or is damaged.");
            tensor.Walk((file, memory) => tensor.Memory[memory] = found.Values[file]);
        }

        if (Tensors.Keys.Except(expected.Select(tensor => tensor.Name)).FirstOrDefault() is { } stranger)
        {
            throw BadFile.Error(source, stranger, $"is no tensor of the network {Settings.Network}", "The file belongs to another network or is damaged.");
        }
    }
}

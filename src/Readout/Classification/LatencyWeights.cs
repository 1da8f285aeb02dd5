using StereoSpike.Files;
using StereoSpike.Model;

namespace StereoSpike.Readout;

/// <summary>A trained latency network in a file: its settings, and its tensors in <c>.safetensors</c>.</summary>
/// <param name="Settings">The network's shape, constants and label order.</param>
/// <param name="Tensors">The learned tensors by name.</param>
/// <param name="Notes">Texts kept beside them: how it was trained, on what, with which seed.</param>
public sealed record LatencyWeights(LatencySettings Settings, IReadOnlyDictionary<string, WeightTensor> Tensors, IReadOnlyDictionary<string, string> Notes)
{
    private const string SettingsKey = "latency";

    /// <summary>Reads a file of ours and checks its tensors against its settings.</summary>
    /// <exception cref="InvalidDataException">It is damaged, holds no settings of a latency network, or its tensors are not that network's.</exception>
    public static LatencyWeights Load(string path)
    {
        (IReadOnlyDictionary<string, WeightTensor> tensors, IReadOnlyDictionary<string, string> metadata) = SafetensorsFile.Read(path);
        if (!metadata.TryGetValue(SettingsKey, out string? json))
        {
            throw BadFile.Error(path, "__metadata__", $"has no \"{SettingsKey}\" entry with the network's settings", "Write the weights with stereospike classify train, or give plain arrays as .npz.");
        }

        LatencySettings settings = LatencySettings.FromJson(json, path);
        NetworkWeights.Check(settings.Graph(), tensors, path);
        return new LatencyWeights(settings, tensors, metadata.Where(pair => pair.Key != SettingsKey).ToDictionary());
    }

    /// <summary>Reads plain arrays <c>w0</c>, shape [hidden, H·W], and <c>w1</c>, shape [10, hidden], from an <c>.npz</c> file; further axes of length 1 and image axes are allowed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="constants">What such a file does not say: method, image size, thresholds, T and label order. The hidden size is the arrays' own.</param>
    /// <exception cref="InvalidDataException">An array is missing, of another shape, or not finite.</exception>
    public static LatencyWeights FromArrays(string path, LatencySettings constants)
    {
        ArgumentNullException.ThrowIfNull(constants);
        IReadOnlyDictionary<string, NpyArray> arrays = NpzFile.Read(path);
        int hidden = Array("w0").Shape is [var first, ..] ? first : 0;
        if (hidden is < 1 or > LatencySettings.MostNeurons)
        {
            throw BadFile.Error(path, "w0", $"has {hidden} rows where 1 to {LatencySettings.MostNeurons} hidden neurons are allowed", "Save it with one row a hidden neuron.");
        }

        LatencySettings settings = constants with { Hidden = hidden };
        var tensors = new Dictionary<string, WeightTensor>
        {
            [LatencySettings.HiddenWeights] = Tensor("w0", hidden, settings.Inputs),
            [LatencySettings.OutputWeights] = Tensor("w1", ClassificationScore.Classes, hidden),
        };
        NetworkWeights.Check(settings.Graph(), tensors, path);
        return new LatencyWeights(settings, tensors, new Dictionary<string, string>());

        NpyArray Array(string name) => arrays.TryGetValue(name, out NpyArray? array)
            ? array
            : throw BadFile.Error(path, name, $"is missing; the file holds {string.Join(", ", arrays.Keys.Order())}", "Save the arrays with numpy.savez(file, w0=…, w1=…).");

        WeightTensor Tensor(string name, int rows, int columns)
        {
            NpyArray array = Array(name);
            float[] values = array.Length == (long)rows * columns && array.Shape is [var outer, ..] && outer == rows
                ? array.ToSingles()
                : throw BadFile.Error(path, name, $"has shape [{string.Join(", ", array.Shape)}] where [{rows}, {columns}] is needed", "Save one row a neuron; w1's columns are w0's rows.");
            return new WeightTensor([rows, columns], settings.Method == LatencyMethod.Bs4nn ? [.. values.Select(value => (float)Math.Sign(value))] : values);
        }
    }

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <exception cref="IOException">The disk is full or the place cannot be written.</exception>
    public void Save(string path) => SafetensorsFile.Write(path, Tensors, Notes.Append(new(SettingsKey, Settings.ToJson())).ToDictionary());

    /// <summary>The network, ready to run on one thread. The hidden weights of a binary one are packed, a bit each.</summary>
    /// <remarks>A binary network of others may hold a weight of 0, for which one bit has no room: then all are kept as they are.</remarks>
    public LatencyNetwork Network()
    {
        float[] weights = Tensors[LatencySettings.HiddenWeights].Values;
        bool packable = Settings.Method == LatencyMethod.Bs4nn && Array.TrueForAll(weights, weight => weight is 1f or -1f);
        var output = new SingleSpikeLayer(Settings.Hidden, ClassificationScore.Classes, Settings.OutputThreshold, Settings.Steps, Settings.Response);
        output.Import(Tensors[LatencySettings.OutputWeights].Values);
        return new LatencyNetwork(Settings, packable ? new BinarySpikeLayer(weights, Settings.Inputs, Settings.Hidden, Settings.HiddenThreshold) : Unpacked(weights), output);
    }

    private SingleSpikeLayer Unpacked(float[] weights)
    {
        var hidden = new SingleSpikeLayer(Settings.Inputs, Settings.Hidden, Settings.HiddenThreshold, Settings.Steps, Settings.Response);
        hidden.Import(weights);
        return hidden;
    }
}

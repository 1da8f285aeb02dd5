using System.Runtime.InteropServices;
using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>An ONNX model under construction: nodes, constants, inputs and outputs, written as protobuf.</summary>
/// <remarks>Field numbers from onnx/onnx.proto; operator set 18, whose Resize names its axes. The first dimension of inputs and outputs is a free batch, <c>N</c>.</remarks>
internal sealed class OnnxModel
{
    private const int IrVersion = 8, OperatorSet = 18;
    private const int FloatType = 1, ByteType = 2, SignedByteType = 3, Int32Type = 6, Int64Type = 7;   // TensorProto.DataType
    private const int FloatAttribute = 1, IntAttribute = 2, StringAttribute = 3, IntsAttribute = 7;   // AttributeProto.AttributeType
    private const string RuntimeDomain = "com.microsoft";
    private readonly ProtobufWriter _graph = new();
    private readonly HashSet<string> _constants = [];

    /// <summary>Adds a node of one output; <c>QLinearAdd</c>, which the standard lacks, is ONNX Runtime's own.</summary>
    /// <returns>The output's name.</returns>
    public string Node(string type, string output, IReadOnlyList<string> inputs, params (string Name, object Value)[] attributes)
    {
        _graph.Message(1, node =>
        {
            foreach (string input in inputs)
            {
                node.Text(1, input);
            }

            node.Text(2, output).Text(3, output).Text(4, type);
            if (type == "QLinearAdd")
            {
                node.Text(7, RuntimeDomain);
            }

            foreach ((string name, object value) in attributes)
            {
                node.Message(5, attribute => Attribute(attribute.Text(1, name), value));
            }
        });
        return output;
    }

    /// <summary>Adds a constant of float32, once under its name.</summary>
    /// <returns>Its name.</returns>
    public string Constant(string name, IReadOnlyList<int> shape, ReadOnlySpan<float> values) => Constant(name, shape, FloatType, MemoryMarshal.AsBytes(values));

    /// <summary>Adds a constant of int64, once under its name.</summary>
    /// <returns>Its name.</returns>
    public string Constant(string name, IReadOnlyList<int> shape, ReadOnlySpan<long> values) => Constant(name, shape, Int64Type, MemoryMarshal.AsBytes(values));

    /// <summary>Adds a constant of int8, uint8 or int32, once under its name.</summary>
    /// <returns>Its name.</returns>
    public string Constant(string name, IReadOnlyList<int> shape, ReadOnlySpan<sbyte> values) => Constant(name, shape, SignedByteType, MemoryMarshal.AsBytes(values));

    /// <inheritdoc cref="Constant(string, IReadOnlyList{int}, ReadOnlySpan{sbyte})"/>
    public string Constant(string name, IReadOnlyList<int> shape, ReadOnlySpan<byte> values) => Constant(name, shape, ByteType, values);

    /// <inheritdoc cref="Constant(string, IReadOnlyList{int}, ReadOnlySpan{sbyte})"/>
    public string Constant(string name, IReadOnlyList<int> shape, ReadOnlySpan<int> values) => Constant(name, shape, Int32Type, MemoryMarshal.AsBytes(values));

    /// <summary>Declares the model's input, [N,C,H,W].</summary>
    public void Input(string name, FeatureShape shape) => Value(11, name, [shape.Channels, shape.Height, shape.Width]);

    /// <summary>Declares an output, [N, sides].</summary>
    public void Output(string name, params int[] sides) => Value(12, name, sides);

    /// <summary>The finished file.</summary>
    /// <param name="name">The graph's name.</param>
    /// <param name="metadata">Texts kept with it.</param>
    public byte[] ToBytes(string name, IReadOnlyDictionary<string, string> metadata)
    {
        _graph.Text(2, name);
        var model = new ProtobufWriter().Integer(1, IrVersion).Text(2, "StereoSpike for .NET").Block(7, _graph.ToArray());
        model.Message(8, set => set.Text(1, "").Integer(2, OperatorSet));
        model.Message(8, set => set.Text(1, RuntimeDomain).Integer(2, 1));
        foreach ((string key, string value) in metadata)
        {
            model.Message(14, entry => entry.Text(1, key).Text(2, value));
        }

        return model.ToArray();
    }

    private string Constant(string name, IReadOnlyList<int> shape, int type, ReadOnlySpan<byte> values)
    {
        if (_constants.Add(name))
        {
            byte[] raw = values.ToArray();
            _graph.Message(5, tensor =>
            {
                foreach (int side in shape)
                {
                    tensor.Integer(1, side);
                }

                tensor.Integer(2, type).Text(8, name).Block(9, raw);
            });
        }

        return name;
    }

    private void Value(int field, string name, int[] sides) => _graph.Message(field, value => value.Text(1, name).Message(2, type => type.Message(1, tensor => tensor.Integer(1, FloatType).Message(2, shape =>
    {
        shape.Message(1, side => side.Text(2, "N"));
        foreach (int side in sides)
        {
            shape.Message(1, dimension => dimension.Integer(1, side));
        }
    }))));

    private static void Attribute(ProtobufWriter attribute, object value)
    {
        switch (value)
        {
            case float number:
                attribute.Float(2, number).Integer(20, FloatAttribute);
                break;
            case int number:
                attribute.Integer(3, number).Integer(20, IntAttribute);
                break;
            case string text:
                attribute.Text(4, text).Integer(20, StringAttribute);
                break;
            case int[] numbers:
                foreach (int number in numbers)
                {
                    attribute.Integer(8, number);
                }

                attribute.Integer(20, IntsAttribute);
                break;
            default:
                throw new ArgumentException($"An attribute of {value.GetType().Name} has no ONNX form here.", nameof(value));
        }
    }
}
